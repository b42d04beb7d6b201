using Brink.Lab;
using Brink.Zoo.Games;

namespace Brink.Bench;

/// <summary>Rules that train GANs: those that were learned on 16 Gaussians, and classic ones, each with the best settings of a
/// random search of equal budget on the same 16 Gaussians; on GANs with other seeds, and with other data, sizes and horizons.</summary>
internal static class GanRules
{
    private const int Measurements = 20;

    // Samples of the data and evenly spread ones are rows of their own.
    private const string Data = "data", Even = "even";

    // A network as published is not compared: a rate for one is not needed.
    private const double NoRate = 0;

    public static IEnumerable<GanRulesRow> Rows()
    {
        var searched = new GanTrial();
        var search = new RuleSearch();
        GanSolver[] classic = [.. ClassicRule.Names.Select(name => GanSolver.Of(search.Best(searched, name).Rule))];
        var targets = new (string Name, GanTrial Trial)[]
        {
            ("grid", searched),
            ("ring", searched with { Data = "ring" }),
            ("anisotropic", searched with { Data = "anisotropic" }),
            ("width 64", searched with { Width = 64 }),
            ("depth 3", searched with { Depth = 3 }),
            ("3,000 steps", searched with { Steps = 3000 }),
        };
        foreach (var (name, trial) in targets)
        {
            var (data, even) = trial.References();
            yield return Reference(name, Data, data);
            yield return Reference(name, Even, even);
            using var scope = NewDisposeScope();
            var courses = classic.Append(GanSolver.Learned(TrainedRules.Names[0], trial, NoRate))
                .Select(solver => (solver, Course: GanCourse.Of(trial, solver, Measurements))).ToArray();
            // The target of all rules: the final distance of the best classic one.
            var target = courses.Take(classic.Length).Select(one => one.Course.Final.Mmd2).Where(double.IsFinite).DefaultIfEmpty(0).Min();
            foreach (var (solver, course) in courses)
            {
                var final = course.Final;
                yield return new(
                    solver.Name, name, final.Share, final.Mmd2, final.Modes, course.LeastModes, course.StepsTo(target), course.ShareSpread,
                    course.Diverged, solver.Settings);
            }
        }
    }

    private static GanRulesRow Reference(string target, string name, GanMeasurement found) =>
        new(name, target, found.Share, found.Mmd2, found.Modes, found.Modes, null, 0, 0, "");
}

/// <summary>A solver on a kind of GANs, over 20 seeds.</summary>
/// <param name="Method">Solver, or "data" or "even" for samples of the data and evenly spread ones.</param>
/// <param name="Target">Data, size or horizon of the GANs.</param>
/// <param name="Share">Share of samples near a mode.</param>
/// <param name="Mmd2">Squared maximum mean discrepancy.</param>
/// <param name="ModesMean">Modes covered, mean over the seeds.</param>
/// <param name="ModesMin">Modes covered, least over the seeds.</param>
/// <param name="StepsToTarget">First measured step at which the mean MMD^2 is at most the final one of the best classic rule.</param>
/// <param name="ShareSpread">Standard deviation of the share over the seeds.</param>
/// <param name="Diverged">Seeds whose samples are not finite.</param>
/// <param name="Settings">Settings of the solver.</param>
internal sealed record GanRulesRow(
    string Method, string Target, double Share, double Mmd2, double ModesMean, int ModesMin, int? StepsToTarget, double ShareSpread,
    int Diverged, string Settings);
