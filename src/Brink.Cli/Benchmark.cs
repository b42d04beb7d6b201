using System.Text.Json;

namespace Brink.Cli;

/// <summary>A benchmark of bench/Brink.Bench, as described by the manifest there.</summary>
/// <param name="Seconds">Duration on 2 cores, in seconds.</param>
internal sealed record Benchmark(string Name, string Summary, int Seconds)
{
    /// <summary>Reads the manifest, which is embedded in this program.</summary>
    public static IReadOnlyList<Benchmark> All()
    {
        using var manifest = typeof(Benchmark).Assembly.GetManifestResourceStream("benchmarks.json")!;
        return JsonSerializer.Deserialize<Benchmark[]>(manifest, JsonSerializerOptions.Web)!;
    }
}
