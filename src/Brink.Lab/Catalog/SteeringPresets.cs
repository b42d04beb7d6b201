namespace Brink.Lab;

/// <summary>The named comparisons of learning-rate policies.</summary>
internal static class SteeringPresets
{
    public static readonly IReadOnlyList<Preset> All =
    [
        new(
            "steering/mlp",
            "learning-rate policies from a tenth of to ten times the critical rate, MLP",
            new(120, 400),
            SteeringStudy.Default),
    ];
}
