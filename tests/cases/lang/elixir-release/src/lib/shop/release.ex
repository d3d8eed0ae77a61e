defmodule Shop.Release do
  def migrate do
    Application.put_env(:mnesia, :dir, '/data/mnesia')
    IO.inspect(:mnesia.create_schema([node()]))
    :ok = :mnesia.start()
    IO.inspect(:mnesia.create_table(:good, attributes: [:name, :price], disc_copies: [node()]))
    {:atomic, :ok} = :mnesia.transaction(fn -> :mnesia.write({:good, "tea", 3}) end)
    IO.puts("migrated #{:mnesia.table_info(:good, :size)}")
    :mnesia.stop()
  end
end
