# frozen_string_literal: true

require "sqlite3"

module Library
  # Books in a database in memory.
  class Catalogue
    def initialize(title)
      @title = title
      @database = SQLite3::Database.new(":memory:")
      @database.execute("CREATE TABLE books (title TEXT)")
    end

    def add_twice
      2.times { @database.execute("INSERT INTO books VALUES (?)", [@title]) }
      @database.get_first_value("SELECT count(*) FROM books WHERE title = ?", [@title])
    end
  end
end
