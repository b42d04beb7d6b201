namespace Brink.Architecture.Tests;

/// <summary>Asserts that a rule has no violations, and lists all of them otherwise.</summary>
internal static class Violations
{
    public static void None(IEnumerable<string> violations)
    {
        var all = violations.ToArray();
        Assert.True(all.Length == 0, $"{all.Length} violations:\n{string.Join('\n', all)}");
    }
}
