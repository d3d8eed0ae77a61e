Sequel.migration { change { create_table(:goods) { primary_key :id; String :name; Integer :price } } }
