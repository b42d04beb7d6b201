using System.Text.Json;

namespace Brink.Cli;

/// <summary>A benchmark of bench/Brink.Bench, as the manifest there describes it.</summary>
/// <param name="Seconds">Duration on 2 cores.</param>
internal sealed record Benchmark(string Name, string Summary, int Seconds)
{
    /// <summary>Reads the manifest, which is embedded in this program.</summary>
    public static IReadOnlyList<Benchmark> All()
    {
        using var manifest = typeof(Benchmark).Assembly.GetManifestResourceStream("benchmarks.json")!;
        return JsonSerializer.Deserialize<Benchmark[]>(manifest, JsonSerializerOptions.Web)!;
    }
}
