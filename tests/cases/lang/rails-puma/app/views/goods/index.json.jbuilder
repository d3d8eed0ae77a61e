json.goods(@goods) { |g| json.extract! g, :id, :name }
