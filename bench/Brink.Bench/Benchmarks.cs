namespace Brink.Bench;

/// <summary>The benchmarks: comparisons of two or more methods in one process and in turn, so that a drift of the machine's
/// speed affects all of them.</summary>
/// <remarks>benchmarks.json describes each benchmark for the command line, with its duration in seconds on 2 cores.</remarks>
internal static class Benchmarks
{
    /// <summary>The benchmarks by name. Each is a function that yields records of one type as they are measured; their properties
    /// are the columns. Its argument is a path to the data, or null for the images that come with Brink.</summary>
    public static IReadOnlyDictionary<string, Func<string?, IEnumerable<object>>> All { get; } =
        new Dictionary<string, Func<string?, IEnumerable<object>>>(StringComparer.Ordinal)
        {
            ["bnp"] = _ => BnpOverhead.Rows(),
            [BusyCore.Name] = _ => BusyCore.Rows(),
            ["bursts"] = _ => BurstForecasts.Rows(),
            ["check"] = _ => CheckCosts.Rows(),
            ["constrained"] = _ => ConstrainedCosts.Rows(),
            ["derivatives"] = _ => DerivativeCosts.Rows(),
            ["games"] = _ => GameTrainingSpeed.Rows(),
            ["gans"] = _ => GanRules.Rows(),
            ["graphs"] = GraphCosts.Rows,
            ["images"] = _ => ImageCosts.Rows(),
            ["landscapes"] = _ => LandscapeCosts.Rows(),
            [LoadCosts.Name] = _ => LoadCosts.Rows(),
            ["monitor"] = _ => MonitorOverhead.Rows(),
            ["path"] = _ => PathCosts.Rows(),
            ["peers"] = PeerCosts.Rows,
            ["precision"] = _ => PrecisionCosts.Rows(),
            ["preparation"] = _ => PreparationGains.Rows(),
            [ProcessTimes.Name] = _ => ProcessTimes.Rows(),
            ["products"] = _ => ProductCosts.Rows(),
            [RankCosts.OneRank] = _ => RankCosts.One(),
            ["ranks"] = _ => RankCosts.Rows(),
            [ScaleCosts.Name] = _ => ScaleCosts.Rows(),
            ["serve"] = _ => ServeCosts.Rows(),
            ["spectra"] = SpectraCosts.Rows,
            ["steered"] = _ => SteeredStepCosts.Rows(),
            ["steering"] = _ => SteeringCosts.Rows(),
            ["store"] = _ => RunStoreCosts.Rows(),
            ["tracking"] = _ => TrackingCosts.Rows(),
            ["traces"] = _ => TraceErrors.Rows(),
        };
}
