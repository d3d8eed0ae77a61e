require 'minitest/autorun'
class ReaderCheck < Minitest::Test
  def test_a; assert_equal 1, 1; end
end
