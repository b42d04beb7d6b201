namespace Brink.Architecture.Tests.Samples;

/// <summary>Writes to the console from within a closure.</summary>
internal static class PrintingSample
{
    public static Action<string> Printer(string prefix) => text => Console.WriteLine(prefix + text);
}
