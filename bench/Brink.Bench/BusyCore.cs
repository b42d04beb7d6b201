namespace Brink.Bench;

/// <summary>A process that keeps one core busy until its standard input ends. The system closes that input whenever the process
/// that writes to it ends, so that the load always ends too.</summary>
internal static class BusyCore
{
    public const string Name = "busy";

    public static IReadOnlyList<BusyCoreRow> Rows()
    {
        var ended = 0;
        var input = new Thread(() =>
        {
            using var standard = Console.OpenStandardInput();
            standard.CopyTo(Stream.Null);
            Volatile.Write(ref ended, 1);
        })
        {
            IsBackground = true,
        };
        input.Start();
        var rounds = 0L;
        for (; Volatile.Read(ref ended) == 0; rounds++) Thread.SpinWait(1000);
        return [new(rounds)];
    }
}

/// <summary>Number of loop rounds, a thousand spin waits each.</summary>
internal sealed record BusyCoreRow(long Rounds);
