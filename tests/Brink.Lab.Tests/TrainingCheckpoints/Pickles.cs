namespace Brink.Lab.Tests.TrainingCheckpoints;

/// <summary>Checkpoints that pickles/make.py writes.</summary>
internal static class Pickles
{
    public static string Path(string name) => System.IO.Path.Combine(AppContext.BaseDirectory, "TrainingCheckpoints", "pickles", name);

    /// <summary>Returns the elements of a tensor as numbers.</summary>
    public static double[] Numbers(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return tensor.to(ScalarType.Float64).reshape(-1).data<double>().ToArray();
    }
}
