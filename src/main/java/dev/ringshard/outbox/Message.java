package dev.ringshard.outbox;

import dev.ringshard.failure.InvalidInputException;

/**
 * What one key tells another.
 *
 * @param sender the key that sends it, as a text
 * @param id unique among the messages of its sender; 1 to 120 characters, none of which is U+0000 or half of a surrogate pair
 * @param recipient the key that it goes to, as a text
 * @param topic says whose {@link MessageHandler} takes it; 1 to 63 characters, as of the id
 * @param payload what the handler needs to know; up to 1,000,000 characters, as of the id
 */
public record Message(String sender, String id, String recipient, String topic, String payload) {
    private static final int LONGEST_ID = 120;
    private static final int LONGEST_TOPIC = 63;
    private static final int LONGEST_PAYLOAD = 1_000_000;

    /** @throws InvalidInputException if something is empty, too long, or not to be stored as it is; nothing was sent */
    public Message {
        require("id", id, 1, LONGEST_ID);
        require("topic", topic, 1, LONGEST_TOPIC);
        require("payload", payload, 0, LONGEST_PAYLOAD);
    }

    private static void require(String what, String text, int least, int most) {
        if (text.length() < least || text.length() > most) {
            throw new InvalidInputException(
                    "The %s of a message has %,d characters: %,d to %,d are allowed. Nothing was sent. Correct it."
                            .formatted(what, text.length(), least, most));
        }
        if (text.codePoints().anyMatch(character -> character == 0 || isHalf(character))) {
            throw new InvalidInputException(
                    "The %s of a message has U+0000 or half of a surrogate pair in it, which PostgreSQL cannot store. Nothing was sent. Leave it out, or send it in another form such as Base64."
                            .formatted(what));
        }
    }

    private static boolean isHalf(int character) {
        return character >= Character.MIN_SURROGATE && character <= Character.MAX_SURROGATE;
    }

    /** The same between keys in their canonical text. */
    Message between(String canonicalSender, String canonicalRecipient) {
        return new Message(canonicalSender, id, canonicalRecipient, topic, payload);
    }
}
