defmodule Shop.Plugins.Upper do
  def run(x), do: String.upcase(x, :greek)
end
