package shop;
import jakarta.websocket.*; import jakarta.websocket.server.*;
@ServerEndpoint("/chat") public class Chat { @OnMessage public String got(String m) { return "you said " + m; } }
