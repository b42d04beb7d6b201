using System.Runtime.InteropServices;

namespace Brink.Zoo.Games;

/// <summary>A Gaussian in the plane, with its axes along the coordinates.</summary>
/// <param name="X">First coordinate of the mean.</param>
/// <param name="Y">Second coordinate of the mean.</param>
/// <param name="SpreadX">Standard deviation of the first coordinate.</param>
/// <param name="SpreadY">Standard deviation of the second coordinate.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Mode(double X, double Y, double SpreadX, double SpreadY);

/// <summary>An equal mixture of Gaussians in the plane, the data of a small GAN.</summary>
/// <param name="Name">Name on the command line.</param>
/// <param name="Modes">The Gaussians.</param>
public sealed record Mixture(string Name, IReadOnlyList<Mode> Modes)
{
    // Samples belong to a mode within so many standard deviations, and cover it with this part of its share.
    private const double Near = 3, Covered = 0.1;

    private const double Spread = 0.2 / 3;

    /// <summary>16 Gaussians on a grid over [-1,1], a tenth of whose distance is their standard deviation.</summary>
    public static Mixture Grid { get; } = new("grid", [.. Places(4).SelectMany(x => Places(4).Select(y => Round(x, y, Spread)))]);

    /// <summary>Eight Gaussians on the unit circle.</summary>
    public static Mixture Ring { get; } = new("ring", [.. Enumerable.Range(0, 8).Select(i => Round(
        Math.Cos(i * Math.PI / 4), Math.Sin(i * Math.PI / 4), Spread))]);

    /// <summary>Nine Gaussians on a grid, four times as wide in one direction as in the other, in turn.</summary>
    public static Mixture Anisotropic { get; } = new("anisotropic", [.. Places(3).SelectMany((x, i) => Places(3).Select((y, j) =>
        (i + j) % 2 == 0 ? new Mode(x, y, 2 * Spread, Spread / 2) : new Mode(x, y, Spread / 2, 2 * Spread)))]);

    /// <summary>The 16 Gaussians of Chen et al. (2023): at -1.5, -0.5, 0.5 and 1.5, with standard deviation 0.02.</summary>
    public static Mixture Published { get; } = new("published", [.. Places(4).SelectMany(x => Places(4).Select(y =>
        Round(1.5 * x, 1.5 * y, 0.02)))]);

    /// <summary>The mixtures by name.</summary>
    public static IReadOnlyList<Mixture> All { get; } = [Grid, Ring, Anisotropic, Published];

    /// <summary>Half the side of the square about the origin that the modes with three standard deviations reach.</summary>
    public double Reach => Modes.Max(mode => Math.Max(
        Math.Abs(mode.X) + (Near * mode.SpreadX), Math.Abs(mode.Y) + (Near * mode.SpreadY)));

    /// <summary>Draws samples of the data, as pairs of coordinates.</summary>
    public void Fill(Span<float> samples, ref CountedNoise noise)
    {
        for (var i = 0; i < samples.Length; i += 2)
        {
            var mode = Modes[noise.Below(Modes.Count)];
            var (x, y) = noise.Normals();
            samples[i] = (float)(mode.X + (mode.SpreadX * x));
            samples[i + 1] = (float)(mode.Y + (mode.SpreadY * y));
        }
    }

    /// <summary>Counts the modes that samples cover, and computes the share of samples within three standard deviations of a
    /// mode.</summary>
    /// <param name="samples">Pairs of coordinates.</param>
    public (int Modes, double Share) Assess(ReadOnlySpan<float> samples)
    {
        var (counts, near) = (new int[Modes.Count], 0);
        for (var i = 0; i < samples.Length; i += 2)
        {
            var (nearest, least) = (0, double.PositiveInfinity);
            for (var m = 0; m < counts.Length; m++)
            {
                var mode = Modes[m];
                var (x, y) = ((samples[i] - mode.X) / mode.SpreadX, (samples[i + 1] - mode.Y) / mode.SpreadY);
                if ((x * x) + (y * y) < least) (nearest, least) = (m, (x * x) + (y * y));
            }
            if (!(least <= Near * Near)) continue;
            near++;
            counts[nearest]++;
        }
        var enough = Covered * samples.Length / 2 / counts.Length;
        return (counts.Count(count => count >= enough), (double)near / (samples.Length / 2));
    }

    private static Mode Round(double x, double y, double spread) => new(x, y, spread, spread);

    private static double[] Places(int count) => [.. Enumerable.Range(0, count).Select(i => -1 + (2.0 * i / (count - 1)))];
}
