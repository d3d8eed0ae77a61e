defmodule Shop do
  use Application
  require Logger
  def start(_, _) do
    children = if System.get_env("ROLE") == "worker", do: [{Task, &Shop.worker/0}], else: [{Task, &Shop.serve/0}]
    Supervisor.start_link(children, strategy: :one_for_one, name: Shop.Supervisor)
  end
  def worker do
    Logger.info("worker done #{length(:inet.getif() |> elem(1))}")
    System.stop(0)
  end
  def serve do
    {:ok, l} = :gen_tcp.listen(Application.get_env(:shop, :port), [:binary, packet: :http_bin, active: false, reuseaddr: true])
    loop(l)
  end
  defp loop(l) do
    {:ok, s} = :gen_tcp.accept(l)
    pid = spawn(fn -> receive do :go -> handle(s) end end)
    :gen_tcp.controlling_process(s, pid)
    send(pid, :go)
    loop(l)
  end
  defp handle(s) do
    with {:ok, {:http_request, _, {:abs_path, p}, _}} <- :gen_tcp.recv(s, 0) do
      headers(s)
      uri = URI.parse(p)
      q = URI.decode_query(uri.query || "")
      {code, body} = try do
        route(uri.path, q)
      rescue
        e -> Logger.error(Exception.format(:error, e, __STACKTRACE__)); {500, "our own 500"}
      catch
        kind, e -> Logger.error(inspect({kind, e})); {500, "our own 500"}
      end
      :gen_tcp.send(s, "HTTP/1.1 #{code} x\r\ncontent-length: #{byte_size(body)}\r\nconnection: close\r\n\r\n" <> body)
    end
    :gen_tcp.close(s)
  end
  defp headers(s) do
    case :gen_tcp.recv(s, 0) do
      {:ok, :http_eoh} -> :ok
      {:ok, _} -> headers(s)
      _ -> :ok
    end
  end
  def priv(f), do: Application.app_dir(:shop, "priv/" <> f)
  def route("/health", _), do: {200, "ok"}
  def route("/hello", %{"l" => l}) do
    {:ok, [greeting: g]} = :file.consult(priv("messages/#{l}.term"))
    {200, to_string(g)}
  end
  def route("/hello", _), do: {200, Application.get_env(:shop, :greeting)}
  def route("/page", _), do: {200, EEx.eval_file(priv("templates/page.html.eex"), title: "Shop", goods: ["tea", "äöü"])}
  def route("/hash", _), do: {200, :crypto.hash(:sha3_256, "tea") |> Base.encode16(case: :lower)}
  def route("/seal", _) do
    k = :crypto.strong_rand_bytes(32); iv = :crypto.strong_rand_bytes(12)
    {c, t} = :crypto.crypto_one_time_aead(:aes_256_gcm, k, iv, "tea", "", true)
    {200, :crypto.crypto_one_time_aead(:aes_256_gcm, k, iv, c, "", t, false)}
  end
  def route("/tls", _) do
    %{server_config: sc, client_config: cc} = :public_key.pkix_test_data(%{server_chain: %{root: [key: {:namedCurve, :secp256r1}], intermediates: [], peer: [key: {:namedCurve, :secp256r1}]}, client_chain: %{root: [key: {:namedCurve, :secp256r1}], intermediates: [], peer: [key: {:namedCurve, :secp256r1}]}})
    {:ok, l} = :ssl.listen(0, sc ++ [:binary, active: false, reuseaddr: true])
    {:ok, {_, port}} = :ssl.sockname(l)
    spawn(fn -> {:ok, t} = :ssl.transport_accept(l); {:ok, s} = :ssl.handshake(t); :ssl.send(s, "sealed tea"); Process.sleep(500) end)
    {:ok, c} = :ssl.connect('localhost', port, cc ++ [:binary, active: false, verify: :verify_none])
    {:ok, b} = :ssl.recv(c, 0, 4000)
    {200, b}
  end
  def route("/xml", _) do
    {d, _} = :xmerl_scan.file(String.to_charlist(priv("goods.xml")))
    [a] = :xmerl_xpath.string('/goods/good/@price', d)
    {200, "price #{elem(a, 8)} " <> to_string(:xmerl.export_simple([{:a, ['tea']}], :xmerl_xml))}
  end
  def route("/zip", _) do
    {:ok, {_, b}} = :zip.create('x.zip', [{'a.txt', "tea"}], [:memory])
    {:ok, [{_, t}]} = :zip.unzip(b, [:memory])
    {200, t <> " " <> :zlib.gunzip(:zlib.gzip("gz"))}
  end
  def route("/port", _) do
    p = Port.open({:spawn_executable, priv("bin/upper")}, [:binary, :use_stdio])
    Port.command(p, "tea\n")
    receive do {^p, {:data, d}} -> {200, d} after 3000 -> {500, "none"} end
  end
  def route("/cmd", _) do
    {out, 0} = System.cmd("date", ["-u", "+%Y"])
    {200, "year " <> out <> to_string(:os.cmd('echo a | tr a b'))}
  end
  def route("/graph", _) do
    File.write!("/tmp/g.dot", "digraph { tea -> milk }")
    {out, 0} = System.cmd("dot", ["-Tsvg", "/tmp/g.dot"])
    {200, out}
  end
  def route("/mon", _), do: {200, "disks #{length(:disksup.get_disk_data())} mem #{:memsup.get_memory_data() |> elem(0) > 0} load #{is_integer(:cpu_sup.avg1())}"}
  def route("/plugin/" <> n, %{"x" => x}) do
    m = if n == "html", do: Module.concat([Application.get_env(:shop, :formatter)]), else: Module.concat(Shop.Plugins, Macro.camelize(n))
    {200, apply(m, :run, [x])}
  end
  def route("/client", _) do
    {:ok, {{_, 200, _}, _, b}} = :httpc.request(:get, {'http://127.0.0.1:4000/hello', []}, [], body_format: :binary)
    {200, "got " <> b}
  end
  def route("/db", _) do
    Application.put_env(:mnesia, :dir, '/data/mnesia')
    :mnesia.create_schema([node()]); :mnesia.start()
    :mnesia.create_table(:good, attributes: [:name, :price], disc_copies: [node()])
    :mnesia.wait_for_tables([:good], 3000)
    :mnesia.transaction(fn -> :mnesia.write({:good, "tea", 3}) end)
    {:atomic, r} = :mnesia.transaction(fn -> :mnesia.read(:good, "tea") end)
    {200, inspect(r) <> inspect(File.ls!("/data/mnesia"))}
  end
  def route("/eval", %{"x" => x}), do: {200, inspect(Code.eval_string(x) |> elem(0))}
  def route("/dns", _), do: {200, inspect(:inet.getaddr('localhost', :inet))}
  def route("/crash", _), do: raise("kettle")
  def route(_, _), do: {404, "our own 404"}
end
