class Good < ApplicationRecord
  has_one_attached :picture
  validates :name, presence: true, length: { maximum: 10 }
  paginates_per 2
end
