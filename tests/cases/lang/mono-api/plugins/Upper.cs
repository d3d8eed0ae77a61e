namespace Plugins { public class Upper { public string Run(string x) { return x.ToUpper() + new System.Text.StringBuilder("!").ToString(); } } }
