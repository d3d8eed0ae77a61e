using System; using System.Linq;
class Job { static void Main(string[] a) { Console.WriteLine("job " + Enumerable.Range(1, 10).Sum()); } }
