class DatesReader; def call(n) ENV['TZ'] = 'Pacific/Chatham'; Time.at(0).strftime('%H:%M %z') + Date.parse(n).cwday.to_s; end; end
