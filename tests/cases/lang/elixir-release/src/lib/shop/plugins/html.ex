defmodule Shop.Plugins.Html do
  def run(x), do: "<b>" <> x <> "</b>"
end
