package shop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAccumulator;

/**
 * People who order and look, at a steady rate, each request by itself: none waits for another, and none is sent a second time.
 * What was answered is remembered.
 */
final class Customers implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LOOKS_FOR_EACH_ORDER = 2;

    private final String shop;
    private final HttpClient http = HttpClient.newHttpClient();
    private final List<UUID> tenants = new ArrayList<>();
    private final Map<UUID, Queue<UUID>> acknowledged = new ConcurrentHashMap<>();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final AtomicInteger sent = new AtomicInteger();
    private final AtomicInteger answered = new AtomicInteger();
    private final LongAccumulator longestMillis = new LongAccumulator(Math::max, 0);
    private final ScheduledExecutorService clock = Executors.newScheduledThreadPool(1);

    Customers(String shop) {
        this.shop = shop;
    }

    void found(int count) throws Exception {
        for (int i = 0; i < count; i++) {
            HttpResponse<String> answer = http.send(post("/tenants", "Tenant " + i), HttpResponse.BodyHandlers.ofString());
            UUID tenant = UUID.fromString(JSON.readTree(answer.body()).asText());
            tenants.add(tenant);
            acknowledged.put(tenant, new ConcurrentLinkedQueue<>());
        }
    }

    void come(int perSecond) {
        clock.scheduleAtFixedRate(this::one, 0, 1_000_000 / perSecond, TimeUnit.MICROSECONDS);
    }

    /** Nobody comes any more, and everybody was answered. */
    void leave() throws InterruptedException {
        clock.shutdown();
        clock.awaitTermination(10, TimeUnit.SECONDS);
        org.awaitility.Awaitility.await().atMost(java.time.Duration.ofMinutes(1)).until(() -> answered.get() == sent.get());
    }

    private void one() {
        int number = sent.incrementAndGet();
        UUID tenant = tenants.get(number % tenants.size());
        switch (number % (LOOKS_FOR_EACH_ORDER + 1)) {
            case 0 -> send(get("/tenants/" + tenant), 200, body -> {});
            case 1 -> send(get("/tenants/" + tenant + "/orders"), 200, body -> {});
            default -> {
                UUID request = UUID.randomUUID();
                send(
                        post("/tenants/" + tenant + "/orders", """
                                {"request": "%s", "quantities": {"1": 2, "3": 1}}""".formatted(request)),
                        201,
                        body -> acknowledged.get(tenant).add(request));
            }
        }
    }

    private void send(HttpRequest request, int expected, java.util.function.Consumer<String> then) {
        long began = System.nanoTime();
        http.sendAsync(request, HttpResponse.BodyHandlers.ofString()).whenComplete((answer, failure) -> {
            longestMillis.accumulate((System.nanoTime() - began) / 1_000_000);
            if (failure != null) {
                failures.add(request.method() + " " + request.uri() + ": " + failure);
            } else if (answer.statusCode() != expected) {
                failures.add(request.method() + " " + request.uri() + ": " + answer.statusCode() + " " + answer.body());
            } else {
                then.accept(answer.body());
            }
            answered.incrementAndGet();
        });
    }

    private HttpRequest get(String path) {
        return HttpRequest.newBuilder(URI.create(shop + path)).build();
    }

    private HttpRequest post(String path, String body) {
        return HttpRequest.newBuilder(URI.create(shop + path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
    }

    /** The requests of a tenant's orders, as the shop shows them. */
    List<UUID> stored(UUID tenant) throws IOException, InterruptedException {
        List<UUID> requests = new ArrayList<>();
        String body = http.send(get("/tenants/" + tenant + "/orders"), HttpResponse.BodyHandlers.ofString()).body();
        for (JsonNode order : JSON.readTree(body)) {
            requests.add(UUID.fromString(order.get("request").asText()));
        }
        return requests;
    }

    /** The requests of the orders that were acknowledged, by tenant. */
    Map<UUID, Queue<UUID>> acknowledged() {
        return acknowledged;
    }

    int orders() {
        return acknowledged.values().stream().mapToInt(Queue::size).sum();
    }

    List<String> failures() {
        return List.copyOf(failures);
    }

    int answered() {
        return answered.get();
    }

    @Override
    public String toString() {
        return "%d requests, %d orders, %d failures, the longest took %d ms"
                .formatted(answered.get(), orders(), failures.size(), longestMillis.get());
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
