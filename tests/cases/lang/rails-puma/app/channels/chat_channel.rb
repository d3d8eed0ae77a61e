class ChatChannel < ApplicationCable::Channel
  def subscribed; transmit({ hello: "chat" }); end
end
