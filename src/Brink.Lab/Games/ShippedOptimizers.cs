using Brink.Games;
using Brink.Zoo.Formats;
using Brink.Zoo.Games;

namespace Brink.Lab;

/// <summary>Finds weights of learned optimizers: those that come with Brink by name, others by file.</summary>
public static class ShippedOptimizers
{
    /// <exception cref="ExperimentException">The argument is neither a name nor a file with weights.</exception>
    public static LearnedOptimizer Find(string nameOrFile)
    {
        try
        {
            if (!TrainedOptimizers.Names.Contains(nameOrFile))
            {
                return File.Exists(nameOrFile) ? OptimizerFile.Read(nameOrFile) : throw new ExperimentException(
                    $"{nameOrFile}: neither a file nor the name of weights; expected a file or one of"
                        + $" {string.Join(", ", TrainedOptimizers.Names)}");
            }
            using var stream = TrainedOptimizers.Open(nameOrFile);
            return OptimizerFile.Read(stream, nameOrFile);
        }
        catch (InvalidDataException e)
        {
            throw new ExperimentException(e.Message, e);
        }
    }
}
