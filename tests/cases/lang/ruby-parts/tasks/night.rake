namespace :night do
  task(:count) { sh %q(ls vendor/words | wc -l) }
  task(:csv) { require 'csv'; puts CSV.generate { |c| c << [1, 'a b', nil] } }
end
