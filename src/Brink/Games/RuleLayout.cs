namespace Brink.Games;

/// <summary>The meaning of the numbers of a learned rule, in their order: the logarithm of a step size for each group of
/// parameters; then for each player s1, s2 and s3 of the schedule, the logarithm of c, the logit of the decay of v, and the
/// power p.</summary>
/// <param name="Groups">Number of step sizes.</param>
/// <param name="Players">Number of players.</param>
public sealed record RuleLayout(int Groups, int Players)
{
    // Numbers of each player, in the order of their offsets.
    private const int OfPlayer = 6;

    /// <summary>Number of learned numbers q.</summary>
    public int Size => Groups + (OfPlayer * Players);

    /// <summary>Names of the numbers.</summary>
    public IReadOnlyList<string> Names =>
    [
        .. Enumerable.Range(0, Groups).Select(group => FormattableString.Invariant($"log step {group}")),
        .. Enumerable.Range(0, Players).SelectMany(player => new[] { "s1", "s2", "s3", "log c", "logit decay", "p" }
            .Select(name => FormattableString.Invariant($"{name} {player}"))),
    ];

    /// <summary>Returns the layout for the parts of a game.</summary>
    public static RuleLayout Of(IReadOnlyList<RulePart> parts) =>
        new(parts.Max(part => part.Group) + 1, parts.Max(part => part.Player) + 1);

    /// <summary>Returns the numbers of a rule that is the same for all parameters and all steps.</summary>
    /// <param name="step">Step size.</param>
    /// <param name="strength">Strength c of consensus.</param>
    /// <param name="decay">Decay of v.</param>
    public double[] Constant(double step, double strength, double decay) =>
    [
        .. Enumerable.Repeat(Math.Log(step), Groups),
        .. Enumerable.Range(0, Players).SelectMany(_ => new[] { 0, 0, 0, Math.Log(strength), Math.Log(decay / (1 - decay)), 0 }),
    ];

    /// <summary>Places of one of the numbers of each player; 0 to 5 in the order of the names.</summary>
    internal IEnumerable<long> Places(int number) =>
        Enumerable.Range(0, Players).Select(player => Groups + (OfPlayer * (long)player) + number);
}
