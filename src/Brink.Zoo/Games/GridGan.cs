using Brink.Games;

namespace Brink.Zoo.Games;

/// <summary>Generators and discriminators over 16 narrow Gaussians on a grid, as games of two players side by side
/// (Chen et al. 2023: width 384, depth 6, latent 64, batch 256).</summary>
/// <remarks>B games, one for each seed; the course of a game does not depend on the other games.</remarks>
/// <param name="Width">Number of hidden units per layer of both networks.</param>
/// <param name="Depth">Number of hidden layers of both networks.</param>
/// <param name="Latent">Number of inputs of the generator per sample.</param>
/// <param name="Batch">Number of samples per step, both real and generated.</param>
/// <param name="Seeds">Seeds of the weights, the data and the noise of each game.</param>
/// <param name="Scale">Scale of the random weights.</param>
public sealed record GridGan(int Width, int Depth, int Latent, int Batch, IReadOnlyList<long> Seeds, double Scale = 1) : ISampledGames
{
    /// <summary>Standard deviation of a mode.</summary>
    public const double Spread = 0.02;

    /// <summary>Number of modes of the grid.</summary>
    public const int Modes = 16;

    // A sample belongs to a mode within this many standard deviations; a mode is covered if it has a quarter of its share.
    private const double Near = 5, Covered = 0.25;

    private const double Floor = 1e-8;   // in the logarithms of the published code

    private static readonly double[] Places = [-1.5, -0.5, 0.5, 1.5];

    /// <summary>Numbers of parameters of the generator and of the discriminator.</summary>
    public IReadOnlyList<long> Players => [Size(Latent, 2), Size(2, 1)];

    /// <summary>Returns random weights [B,p], uniform within Scale/sqrt(inputs) of a layer.</summary>
    public Tensor Start()
    {
        using var scope = NewDisposeScope();
        return scope.MoveToOuter(PerGame(-1, random =>
        {
            var layers = Shapes(Latent, 2).Concat(Shapes(2, 1)).Select(shape =>
                ((2 * rand(shape.Out * (shape.In + 1), generator: random)) - 1) * (Scale / Math.Sqrt(shape.In)));
            return cat([.. layers]);
        }));
    }

    /// <summary>Returns the games on the samples of one step; they belong to the caller's dispose scope.</summary>
    public IGame At(long step)
    {
        var (real, z) = (PerGame(step, random => Real(Batch, random)), Noise(step));
        return new DifferentiableGame(Players, w =>
        {
            var made = Network(w[0], z, Latent, 2);
            return [-(Network(w[1], made, 2, 1).sigmoid() + Floor).log().mean([1, 2]), DiscriminatorLoss(w[1], real, made)];
        });
    }

    /// <summary>Computes, per game, the distance of the generator's samples from the data plus the discriminator's loss on
    /// those samples. The distance depends on the generator alone; the loss is differentiated by the discriminator
    /// alone.</summary>
    public Tensor Shortfall(Tensor w, long step)
    {
        using var scope = NewDisposeScope();
        var made = Network(Generator(w), Noise(step), Latent, 2);
        var real = PerGame(step, random => Real(Batch, random));
        return scope.MoveToOuter(GridDistance.Of(made, Places, Spread) + DiscriminatorLoss(Discriminator(w), real, made.detach()));
    }

    /// <summary>Returns samples [B,count,2] of the generators at w [B,p].</summary>
    public Tensor Samples(Tensor w, int count)
    {
        using var scope = NewDisposeScope();
        var z = PerGame(-2, random => randn(count, Latent, generator: random));
        return scope.MoveToOuter(Network(Generator(w), z, Latent, 2));
    }

    /// <summary>Draws samples of the data [count,2].</summary>
    public static Tensor Real(int count, Generator generator)
    {
        using var scope = NewDisposeScope();
        var indices = randint(0, Places.Length, [count, 2], dtype: ScalarType.Int64, generator: generator);
        var modes = tensor(Places, dtype: ScalarType.Float32)[indices];
        return scope.MoveToOuter(modes + (Spread * randn(count, 2, generator: generator)));
    }

    /// <summary>Counts the modes that samples [n,2] cover, and computes the share of the samples that are near a mode.</summary>
    public static (int Modes, double Quality) Assess(Tensor samples)
    {
        using var scope = NewDisposeScope();
        var places = tensor(Places, dtype: samples.dtype);
        var (distance, nearest) = (samples.unsqueeze(-1) - places).abs().min(-1);   // [n,2], separately for each coordinate
        var good = distance.square().sum(dim: 1) <= Math.Pow(Near * Spread, 2);
        var mode = ((nearest.select(1, 0) * Places.Length) + nearest.select(1, 1))[good];
        var counts = mode.numel() == 0 ? zeros(Modes, dtype: ScalarType.Int64) : bincount(mode, null, Modes);
        var enough = Covered * samples.shape[0] / Modes;
        return ((int)(counts >= enough).sum().ToInt64(), (double)mode.numel() / samples.shape[0]);
    }

    private Tensor Generator(Tensor w) => w.narrow(1, 0, Players[0]);

    private Tensor Discriminator(Tensor w) => w.narrow(1, Players[0], Players[1]);

    // The discriminator's loss [B]: mean of -log D(real) plus mean of -log(1 - D(generated)).
    private Tensor DiscriminatorLoss(Tensor discriminator, Tensor real, Tensor made)
    {
        var (onReal, onMade) = (Network(discriminator, real, 2, 1).sigmoid(), Network(discriminator, made, 2, 1).sigmoid());
        return -((onReal + Floor).log().mean([1, 2]) + (1 - onMade + Floor).log().mean([1, 2]));
    }

    private Tensor Noise(long step) => PerGame(step, random =>
    {
        using var real = Real(Batch, random);   // drawn before the noise, from the same generator
        return randn(Batch, Latent, generator: random);
    });

    private Tensor Network(Tensor weights, Tensor x, int inputs, int outputs)
    {
        var at = 0L;
        var shapes = Shapes(inputs, outputs);
        for (var i = 0; i < shapes.Count; i++)
        {
            var (n, m) = (shapes[i].In, shapes[i].Out);
            var W = weights.narrow(1, at, m * n).view(-1, m, n);
            x = x.bmm(W.transpose(1, 2)) + weights.narrow(1, at + (m * n), m).unsqueeze(1);
            if (i < shapes.Count - 1) x = x.relu();
            at += m * (n + 1);
        }
        return x;
    }

    private List<(long In, long Out)> Shapes(int inputs, int outputs) =>
        [.. Enumerable.Range(0, Depth + 1).Select(i => (i == 0 ? (long)inputs : Width, i == Depth ? (long)outputs : Width))];

    private long Size(int inputs, int outputs) => Shapes(inputs, outputs).Sum(shape => shape.Out * (shape.In + 1));

    private Tensor PerGame(long step, Func<Generator, Tensor> draw) => stack([.. Seeds.Select(seed =>
    {
        using var random = new Generator((ulong)((seed * 1_000_003) + step + 2), CPU);
        return draw(random);
    })]);
}
