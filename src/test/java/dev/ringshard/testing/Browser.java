package dev.ringshard.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A headless Chromium, driven through its ChromeDriver by the protocol of W3C WebDriver. Needs both on the PATH. For one
 * thread.
 */
public final class Browser implements AutoCloseable {
    private static final Pattern STARTED = Pattern.compile(".*started successfully on port (\\d+).*");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
    private final Process driver;
    private final String session;

    private Browser(Process driver, String session) {
        this.driver = driver;
        this.session = session;
    }

    /**
     * Starts one.
     *
     * @param profile a fresh directory for what the browser stores
     */
    public static Browser open(Path profile) throws IOException, InterruptedException {
        Process driver = new ProcessBuilder("chromedriver", "--port=0")
                .redirectErrorStream(true)
                .start();
        try {
            String address = "http://127.0.0.1:" + port(driver) + "/session";
            Browser starting = new Browser(driver, address);
            JsonNode opened = starting.post("", Map.of("capabilities", Map.of("alwaysMatch", capabilities(profile))));
            return new Browser(driver, address + "/" + opened.get("sessionId").asText());
        } catch (IOException | RuntimeException failure) {
            driver.destroyForcibly().waitFor();
            throw failure;
        }
    }

    private static Map<String, Object> capabilities(Path profile) {
        List<String> arguments = List.of(
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--no-proxy-server",
                "--hide-scrollbars",
                "--user-data-dir=" + profile);
        return Map.of("goog:chromeOptions", Map.of("args", arguments), "goog:loggingPrefs", Map.of("browser", "ALL"));
    }

    private static String port(Process driver) throws IOException {
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(driver.getInputStream(), StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            Matcher started = STARTED.matcher(line);
            if (started.matches()) {
                return started.group(1);
            }
        }
        throw new IllegalStateException("chromedriver ended before it listened");
    }

    /** Loads a page, and waits until it is there. */
    public void show(URI page) throws IOException, InterruptedException {
        post("/url", Map.of("url", page.toString()));
    }

    /** What a piece of JavaScript returns, such as {@code "return document.title"}. */
    public JsonNode run(String script) throws IOException, InterruptedException {
        return post("/execute/sync", Map.of("script", script, "args", List.of()));
    }

    /** What a reader sees of the first element that a selector of CSS finds; empty if there is none, or it is hidden. */
    public String text(String selector) throws IOException, InterruptedException {
        return run("const e = document.querySelector(" + JSON.writeValueAsString(selector)
                        + "); return e ? e.innerText : ''")
                .asText();
    }

    /** How large the page is shown, and whether as people see it who prefer dark. */
    public void lookAs(int width, int height, boolean dark) throws IOException, InterruptedException {
        devTools(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 500));
        devTools(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"))));
    }

    /** Stores a picture of the whole page. */
    public void picture(Path file) throws IOException, InterruptedException {
        JsonNode picture = devTools("Page.captureScreenshot", Map.of("format", "png", "captureBeyondViewport", true));
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.write(file, Base64.getDecoder().decode(picture.get("data").asText()));
    }

    /** What the page or the browser has complained of since this was asked last. */
    public List<String> complaints() throws IOException, InterruptedException {
        JsonNode log = post("/se/log", Map.of("type", "browser"));
        return log.findValuesAsText("message");
    }

    private JsonNode devTools(String command, Map<String, ?> parameters) throws IOException, InterruptedException {
        return post("/goog/cdp/execute", Map.of("cmd", command, "params", parameters));
    }

    private JsonNode post(String path, Map<String, ?> body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(session + path))
                .timeout(Duration.ofMinutes(1))
                .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body)))
                .build();
        HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        JsonNode value = JSON.readTree(answer.body()).get("value");
        if (answer.statusCode() != 200) {
            throw new IllegalStateException("chromedriver refused " + path + ": " + value);
        }
        return value;
    }

    /** Ends the browser, and its driver. */
    @Override
    public void close() throws IOException {
        try {
            end();
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
            driver.destroyForcibly();
        }
    }

    private void end() throws IOException, InterruptedException {
        try {
            HttpRequest end = HttpRequest.newBuilder(URI.create(session))
                    .timeout(Duration.ofSeconds(20))
                    .DELETE()
                    .build();
            http.send(end, HttpResponse.BodyHandlers.discarding());
        } finally {
            driver.destroy();
            driver.waitFor();
        }
    }
}
