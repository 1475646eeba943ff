package shop;

import org.junit.jupiter.api.Test;

public class MailTest {
    @Test
    void sends() {
        var mail = new Mail();
        mail.send("the order is on its way");
        mail.send("the order is here");
    }
}
