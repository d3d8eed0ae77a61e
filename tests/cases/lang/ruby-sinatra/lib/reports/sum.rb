require 'matrix'
require 'prime'
module Reports
  class Sum
    def initialize(goods) = @goods = goods
    def text = "sum #{Matrix[@goods.map { |g| g[:price] }].sum} #{7.prime?}"
  end
end
