namespace Brink.Lab;

/// <summary>All settings that determine the numbers of a run. They are saved with the run and reproduce it; the public
/// parameters are the keys of a file.</summary>
/// <param name="Seed">Seed of all random draws.</param>
public abstract record Study(long Seed)
{
    /// <summary>The name of the kind of study: the value of the key 'study' in a file, and of 'kind' in a manifest.</summary>
    public abstract string Kind { get; }

    /// <exception cref="ExperimentException">A value is invalid; the message gives the path of the first.</exception>
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
