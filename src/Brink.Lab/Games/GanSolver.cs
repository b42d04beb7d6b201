using Brink.Games;
using Brink.Zoo.Formats;
using Brink.Zoo.Games;

namespace Brink.Lab;

/// <summary>A solver that trains GANs, in a comparison.</summary>
/// <param name="Name">Name of the solver.</param>
/// <param name="Settings">Its settings in words.</param>
/// <param name="At">The solver of a step, by the share of the steps before it.</param>
public sealed record GanSolver(string Name, string Settings, Func<double, IGameSolver> At)
{
    /// <summary>Returns a classic solver with its settings.</summary>
    public static GanSolver Of(ClassicRule rule) => new(rule.Name, rule.ToString(), rule.At);

    /// <summary>Returns the learned solver with weights that come with Brink, or of a file: a rule, or a network of
    /// 'brink games train'. Its tensors belong to the caller's dispose scope.</summary>
    /// <param name="nameOrFile">Name of the weights, or path of the file.</param>
    /// <param name="trial">GANs that it trains.</param>
    /// <param name="rate">Learning rate of a network, which learned directions and not their lengths.</param>
    /// <exception cref="ExperimentException">The argument is neither a name nor a file with weights.</exception>
    public static GanSolver Learned(string nameOrFile, GanTrial trial, double rate)
    {
        try
        {
            var theta = TrainedRules.Names.Contains(nameOrFile) ? TrainedRules.Read(nameOrFile)
                : File.Exists(nameOrFile) && RuleFile.IsRule(nameOrFile) ? RuleFile.Read(nameOrFile)
                : null;
            var solver = theta is null
                ? new NormalisedOptimizer(ShippedOptimizers.Find(nameOrFile).To(ScalarType.Float32), rate)
                : (IGameSolver)new LearnedRule(theta.to(ScalarType.Float32), trial.Shape.Parts, trial.Steps);
            return new(GanComparison.Learned, nameOrFile, _ => solver);
        }
        catch (InvalidDataException e)
        {
            throw new ExperimentException(e.Message, e);
        }
    }
}
