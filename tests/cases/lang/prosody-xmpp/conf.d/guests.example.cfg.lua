VirtualHost "guests.example"
  authentication = "anonymous"
