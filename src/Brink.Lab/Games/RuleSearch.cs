namespace Brink.Lab;

/// <summary>Random search for the settings of a classic solver that trains GANs: the least mean MMD^2 at the end.</summary>
/// <param name="Settings">Number of settings that are tried.</param>
/// <param name="Seeds">GANs that each is tried on.</param>
/// <param name="Seed">Seed of the draws; those of the GANs are others than those of every comparison.</param>
public sealed record RuleSearch(int Settings = 60, int Seeds = 4, long Seed = 1)
{
    private const long FirstGan = 100_001;

    /// <summary>Returns the best settings of a solver, and their mean MMD^2.</summary>
    /// <param name="trial">Data, networks and steps of the GANs.</param>
    /// <param name="solver">Name of the solver.</param>
    /// <param name="progress">Called with the number of settings that were tried.</param>
    public (ClassicRule Rule, double Mmd2) Best(GanTrial trial, string solver, Action<int>? progress = null)
    {
        var tried = trial with { Seeds = Seeds, FirstSeed = FirstGan };
        var best = (Rule: ClassicRule.Drawn(solver, Seed, 0), Mmd2: double.PositiveInfinity);
        for (var i = 0; i < Settings; i++)
        {
            var rule = ClassicRule.Drawn(solver, Seed, i);
            var found = double.NaN;
            tried.Play(rule.At, (gans, step, w) =>
            {
                if (step == tried.Steps) found = GanTrial.Measure(gans, w).Average(one => one.Mmd2);
            });
            // A NaN, where a GAN diverged, is not below.
            if (found < best.Mmd2) best = (rule, found);
            progress?.Invoke(i + 1);
        }
        return best;
    }
}
