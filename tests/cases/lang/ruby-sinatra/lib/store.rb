require 'sequel'
module Store
  DB = Sequel.connect('sqlite:///usr/src/app/db.sqlite3')
  DB.extension :pagination
  Sequel.extension :migration
  def self.goods = DB[:goods].order(:id).select(:name, :price).paginate(1, 10).all
end
