namespace Brink.Lab;

/// <summary>Everything that decides the numbers of a run. It is saved with the run, and gives them again; its public parameters are
/// the keys of a file.</summary>
/// <param name="Seed">Of all random draws.</param>
public abstract record Study(long Seed)
{
    /// <summary>The name of its kind: the value of the key 'study' in a file, and of 'kind' in a manifest.</summary>
    public abstract string Kind { get; }

    /// <exception cref="ExperimentException">The first value that makes no sense, by its path.</exception>
    public abstract Study Checked();

    protected internal static void Positive(string path, double value)
    {
        if (!(value > 0) || double.IsInfinity(value))
            throw new ExperimentException($"{path}: {value}; it must be above 0");
    }

    protected internal static void AtLeast(string path, long value, long least)
    {
        if (value < least) throw new ExperimentException($"{path}: {value}; it must be at least {least}");
    }
}
