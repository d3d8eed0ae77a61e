Rails.application.routes.draw do
  root "goods#index"
  resources :goods
  get "/health" => "tools#health"
  match "/tools/:action", controller: "tools", via: [:get, :post]
  mount ActionCable.server => "/cable"
end
