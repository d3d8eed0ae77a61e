using System; using System.Collections.Generic; using System.Data; using System.Diagnostics; using System.Drawing; using System.Drawing.Imaging; using System.Globalization; using System.IO; using System.IO.Compression; using System.Linq; using System.Net; using System.Reflection; using System.Runtime.InteropServices; using System.Runtime.Serialization.Formatters.Binary; using System.Security.Cryptography; using System.Text; using System.Threading.Tasks; using System.Web.Script.Serialization; using System.Xml; using System.Xml.Linq; using System.Xml.Serialization; using System.Xml.Xsl; using Mono.Data.Sqlite;
public class Good { public string Name; public int Price; }
class Shop {
  [DllImport("libz.so.1")] static extern IntPtr zlibVersion();
  [DllImport("libc")] static extern int getpid();
  static readonly Dictionary<string, Func<Func<string, string>, object>> routes = new Dictionary<string, Func<Func<string, string>, object>> {
    {"/health", q => "ok"},
    {"/json", q => new JavaScriptSerializer().Serialize(new JavaScriptSerializer().Deserialize<Dictionary<string, object>>("{\"a\": [1, 2]}"))},
    {"/xml", q => { var s = new XmlSerializer(typeof(Good)); var w = new StringWriter(); s.Serialize(w, new Good { Name = "tea", Price = 3 }); return w.ToString(); }},
    {"/xslt", q => { var t = new XslCompiledTransform(); t.Load(XmlReader.Create(new StringReader("<xsl:stylesheet version='1.0' xmlns:xsl='http://www.w3.org/1999/XSL/Transform'><xsl:template match='/'><b><xsl:value-of select='a'/></b></xsl:template></xsl:stylesheet>"))); var w = new StringWriter(); t.Transform(XmlReader.Create(new StringReader("<a>tea</a>")), null, w); return w.ToString(); }},
    {"/sql", q => { using (var c = new SqliteConnection("Data Source=:memory:")) { c.Open(); var m = c.CreateCommand(); m.CommandText = "select 'tea ' || (6*7)"; return m.ExecuteScalar(); } }},
    {"/picture", q => { using (var b = new Bitmap(80, 20)) using (var g = Graphics.FromImage(b)) { g.DrawString("tea", new Font("DejaVu Sans", 10), Brushes.Red, 0, 0); var s = new MemoryStream(); b.Save(s, q("form") == "jpeg" ? ImageFormat.Jpeg : ImageFormat.Png); return s.ToArray(); } }},
    {"/zip", q => { var s = new MemoryStream(); using (var z = new ZipArchive(s, ZipArchiveMode.Create, true)) using (var w = new StreamWriter(z.CreateEntry("a.txt").Open())) w.Write("tea"); return new StreamReader(new ZipArchive(s).Entries[0].Open()).ReadToEnd(); }},
    {"/hash", q => BitConverter.ToString(SHA256.Create().ComputeHash(Encoding.UTF8.GetBytes("tea"))) + new RSACryptoServiceProvider(1024).KeySize},
    {"/plugin", q => { var a = Assembly.LoadFrom("plugins/Upper.dll"); dynamic p = Activator.CreateInstance(a.GetType(System.Configuration.ConfigurationManager.AppSettings["plugin"])); return p.Run(q("x")); }},
    {"/mail", q => { var t = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream("mail.txt")).ReadToEnd(); return string.Format(CultureInfo.GetCultureInfo("de-DE"), t, "bob", 3.5); }},
    {"/date", q => TimeZoneInfo.ConvertTimeFromUtc(new DateTime(2024, 1, 1), TimeZoneInfo.FindSystemTimeZoneById(q("zone"))).ToString("dddd HH:mm", CultureInfo.GetCultureInfo(q("l")))},
    {"/charset", q => BitConverter.ToString(Encoding.GetEncoding("shift_jis").GetBytes("日")) + BitConverter.ToString(Encoding.GetEncoding(1251).GetBytes("ч"))},
    {"/native", q => Marshal.PtrToStringAnsi(zlibVersion()) + " pid " + (getpid() > 0)},
    {"/unix", q => Mono.Unix.UnixUserInfo.GetRealUser().UserName + " " + new Mono.Unix.UnixDirectoryInfo("/app").FileAccessPermissions},
    {"/graph", q => Run("dot", "-Tsvg", "digraph { tea -> milk }")},
    {"/text", q => Run("/bin/sh", "-c \"pdftotext -v 2>&1\"", "")},
    {"/async", q => Task.Run(async () => { await Task.Delay(10); return (await new System.Net.Http.HttpClient().GetStringAsync("http://127.0.0.1:8080/health")); }).Result},
    {"/big", q => System.Numerics.BigInteger.Pow(2, 100).ToString()},
    {"/binary", q => { var f = new BinaryFormatter(); var s = new MemoryStream(); f.Serialize(s, new List<string> { "tea" }); s.Position = 0; return ((List<string>)f.Deserialize(s))[0]; }},
    {"/linq", q => string.Join(",", from x in Enumerable.Range(1, 5).AsParallel() orderby -x select x)},
    {"/table", q => { var t = new DataTable("t"); t.Columns.Add("n", typeof(int)); t.Rows.Add(3); t.Rows.Add(4); return t.Compute("sum(n)", "").ToString(); }},
    {"/crash", q => { throw new InvalidOperationException("kettle"); }},
  };
  static string Run(string program, string arguments, string input) {
    var p = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false });
    p.StandardInput.Write(input); p.StandardInput.Close();
    return p.StandardOutput.ReadToEnd();
  }
  static void Main() {
    var l = new HttpListener(); l.Prefixes.Add("http://*:8080/"); l.Start(); Console.WriteLine("ready");
    while (true) { var c = l.GetContext(); Task.Run(() => Answer(c)); }
  }
  static void Answer(HttpListenerContext c) {
    byte[] body; Func<Func<string, string>, object> f;
    try {
      if (!routes.TryGetValue(c.Request.Url.AbsolutePath, out f)) { c.Response.StatusCode = 404; body = Encoding.UTF8.GetBytes("our own 404"); }
      else { var o = f(k => c.Request.QueryString[k]); body = o as byte[] ?? Encoding.UTF8.GetBytes(o.ToString()); }
    } catch (Exception e) { Console.WriteLine(e); c.Response.StatusCode = 500; body = Encoding.UTF8.GetBytes("our own 500 " + e.GetType().Name); }
    c.Response.OutputStream.Write(body, 0, body.Length); c.Response.Close();
  }
}
