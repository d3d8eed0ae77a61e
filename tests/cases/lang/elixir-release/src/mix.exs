defmodule Shop.MixProject do
  use Mix.Project
  def project, do: [app: :shop, version: "1.2.3", elixir: "~> 1.14", deps: [], releases: [shop: [include_executables_for: [:unix], applications: [runtime_tools: :permanent]]]]
  def application, do: [mod: {Shop, []}, extra_applications: [:logger, :crypto, :ssl, :inets, :xmerl, :os_mon, :eex], included_applications: [:mnesia]]
end
