package shop;
import jakarta.servlet.*; import jakarta.servlet.annotation.*; import java.util.concurrent.*;
@WebListener public class Clock implements ServletContextListener {
  ScheduledExecutorService s;
  public void contextInitialized(ServletContextEvent e) { s = Executors.newSingleThreadScheduledExecutor(); s.scheduleAtFixedRate(() -> System.out.println("tick " + new java.text.SimpleDateFormat("EEEE", java.util.Locale.FRANCE).format(new java.util.Date(0))), 8, 5, TimeUnit.SECONDS); }
  public void contextDestroyed(ServletContextEvent e) { s.shutdownNow(); System.out.println("clock stopped"); }
}
