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

    /// <summary>Checks that a value is above 0 and finite.</summary>
    /// <param name="path">Path of the value in a file.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="ExperimentException">It is not.</exception>
    protected internal static void Positive(string path, double value)
    {
        if (!(value > 0) || double.IsInfinity(value))
            throw new ExperimentException($"{path}: {value}; it must be above 0");
    }

    /// <summary>Checks that a value is not below a bound.</summary>
    /// <param name="path">Path of the value in a file.</param>
    /// <param name="value">The value.</param>
    /// <param name="least">The bound, which is itself allowed.</param>
    /// <exception cref="ExperimentException">The value is below the bound.</exception>
    protected internal static void AtLeast(string path, long value, long least)
    {
        if (value < least) throw new ExperimentException($"{path}: {value}; it must be at least {least}");
    }
}
