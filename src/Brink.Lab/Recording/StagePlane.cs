using Brink.Dynamics.Stabilization;
using Brink.Runs;

namespace Brink.Lab;

/// <summary>The plane of the two-variable system, in the units delta and delta beta^(1/2).</summary>
internal static class StagePlane
{
    /// <summary>The unit of Y, delta beta^(1/2).</summary>
    public static double Unit(CubicSystem system) => system.Delta * Math.Sqrt(system.Beta);

    /// <summary>Writes a level set of the conserved quantity.</summary>
    /// <param name="run">Writer of the run.</param>
    /// <param name="system">System of the level set.</param>
    /// <param name="number">Number of the level set.</param>
    /// <param name="height">Largest Y of the level set, in the unit.</param>
    public static void WriteLevel(RunWriter run, CubicSystem system, long number, double height)
    {
        var unit = Unit(system);
        foreach (var (x, y) in system.Orbit(height * unit)) run.AddToCurve(EdgeSchema.Level, number, x / system.Delta, y / unit);
    }
}
