%w[tea cake milk].each_with_index { |n, i| Good.create!(name: n, price: i + 1.5) }; User.create!(name: "ann", password: "secret")
