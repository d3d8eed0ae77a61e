module Plugins
  def self.upper(s) = s.upcase
end
