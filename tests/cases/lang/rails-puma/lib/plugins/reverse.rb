module Plugins
  def self.reverse(s) = s.reverse
end
