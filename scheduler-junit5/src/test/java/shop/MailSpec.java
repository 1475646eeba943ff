package shop;

import org.junit.jupiter.api.Test;

public class MailSpec {
    @Test
    void sends() {
        var mail = new Mail();
        mail.send("the order is on its way");
        mail.send("the order is here");
    }
}
