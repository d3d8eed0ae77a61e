class Start < ActiveRecord::Migration[6.1]
  def change
    create_table(:goods) { |t| t.string :name; t.decimal :price; t.timestamps }
    create_table(:users) { |t| t.string :name; t.string :password_digest }
    create_table(:active_storage_blobs) { |t| t.string :key, null: false; t.string :filename, null: false; t.string :content_type; t.text :metadata; t.string :service_name, null: false; t.bigint :byte_size, null: false; t.string :checksum, null: false; t.datetime :created_at, null: false; t.index [:key], unique: true }
    create_table(:active_storage_attachments) { |t| t.string :name, null: false; t.references :record, null: false, polymorphic: true, index: false; t.references :blob, null: false; t.datetime :created_at, null: false }
    create_table(:active_storage_variant_records) { |t| t.belongs_to :blob, null: false, index: false; t.string :variation_digest, null: false }
  end
end
