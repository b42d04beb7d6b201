namespace Brink.Runs;

/// <summary>Reads runs of format 3 as runs of the present format: their manifest has no kind and no list of trajectories, and
/// a vector field is stored as the arrows of its figure.</summary>
public static class FormatThree
{
    /// <summary>The number of the format, in the user_version of the store.</summary>
    public const int Version = 3;

    // Points of an arrow: tail, tip, barb, tip, barb, tip, gap.
    private const int ArrowPoints = 7;

    /// <summary>Keys that only one kind of study has. They determine the kind where the manifest does not name the study.</summary>
    private static readonly (string Key, string Kind)[] DistinctiveKeys =
    [
        (EdgeSchema.InstabilityStep.Name, EdgeSchema.Kind),
        (InspectionSchema.Top.Name, InspectionSchema.Kind),
        (GameSchema.Solvers.Name, GameSchema.Comparison),
        (GameSchema.GanSolvers.Name, GameSchema.GanComparison),
        (GameSchema.MeanSteps.Name, GameSchema.Evaluation),
        (LandscapeSchema.Landscape.Name, LandscapeSchema.Kind),
        (SpeedSchema.BestLearningRate.Name, SpeedSchema.Kind),
        (BnpSchema.Results.Name, BnpSchema.Kind),
        (EscapeSchema.Results.Name, EscapeSchema.Kind),
        (MonitorSchema.Advice.Name, MonitorSchema.Kind),
    ];

    /// <summary>The trajectories that an edge run of format 3 records.</summary>
    public static IReadOnlyList<TrajectoryRow> Trajectories { get; } =
    [
        new(EdgeSchema.Descent, "gradient descent"),
        new(EdgeSchema.Flow, "gradient flow"),
        new(EdgeSchema.Constrained, "constrained trajectory"),
        new(EdgeSchema.Predicted, "predicted"),
        new(EdgeSchema.Generalized, "generalized prediction"),
    ];

    /// <summary>Returns the kind of a run: by the study that it names, or else by its keys; null if neither determines
    /// it.</summary>
    public static string? Kind(RunManifest manifest) =>
        manifest.Get(RunSchema.Study) ?? DistinctiveKeys.FirstOrDefault(one => manifest.Keys.Contains(one.Key)).Kind;

    /// <summary>Computes the grid points and unit vectors of a field from its arrows.</summary>
    internal static IEnumerable<(CurvePoint At, CurvePoint Along)> Field(IReadOnlyList<CurvePoint> arrows) =>
        arrows.Chunk(ArrowPoints).Select(arrow =>
        {
            var (tail, tip) = (arrow[0], arrow[1]);
            var (dx, dy) = (tip.X - tail.X, tip.Y - tail.Y);
            var length = Math.Sqrt((dx * dx) + (dy * dy));
            return (new CurvePoint((tail.X + tip.X) / 2, (tail.Y + tip.Y) / 2), new CurvePoint(dx / length, dy / length));
        });
}
