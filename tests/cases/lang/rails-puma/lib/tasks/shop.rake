namespace :shop do
  desc "a report"
  task report: :environment do
    puts "report #{Good.sum(:price)} #{`sqlite3 db/production.sqlite3 "select count(*) from users"`}"
  end
end
