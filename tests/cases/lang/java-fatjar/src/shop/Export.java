package shop;
import java.util.*;
public interface Export { String name(); String export(List<Map<String, Object>> goods) throws Exception; }
