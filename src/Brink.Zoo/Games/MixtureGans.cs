using Brink.Games;

namespace Brink.Zoo.Games;

/// <summary>GANs that learn a mixture of Gaussians in the plane, one for each seed, as games side by side.</summary>
/// <param name="Shape">Sizes of the networks.</param>
/// <param name="Data">The mixture.</param>
/// <param name="Batch">Samples per step, both real and generated.</param>
/// <param name="Seeds">Seeds of the weights, the data and the noise of each game; the course of a game does not depend on the other
/// games.</param>
/// <param name="Scale">Factor of the random weights.</param>
public sealed record MixtureGans(DenseGanShape Shape, Mixture Data, int Batch, IReadOnlyList<long> Seeds, double Scale = 1)
    : ISampledGames
{
    // Counters of the noise that is drawn outside the steps, which are numbered from 0.
    private const long OfWeights = -1, OfSamples = -2;

    /// <inheritdoc/>
    public IReadOnlyList<long> Players => Shape.Players;

    /// <summary>Returns random weights [B,p]: normal with variance 2/inputs (He et al., ICCV 2015), and biases of 0.</summary>
    public Tensor Start()
    {
        var lengths = Shape.Players;
        var start = new float[Seeds.Count * lengths.Sum()];
        var at = 0;
        foreach (var seed in Seeds)
        {
            var noise = new CountedNoise(seed, OfWeights);
            foreach (var (matrix, bias) in Shape.Parts.Chunk(2).Select(layer => ((int)layer[0].Length, (int)layer[1].Length)))
            {
                var weights = start.AsSpan(at, matrix);
                noise.Fill(weights);
                var scale = (float)(Scale * Math.Sqrt(2.0 * bias / matrix));
                foreach (ref var weight in weights) weight *= scale;
                at += matrix + bias;
            }
        }
        return tensor(start, Seeds.Count, lengths.Sum());
    }

    /// <inheritdoc/>
    public IGame At(long step) => At([.. Enumerable.Repeat(step, Seeds.Count)]);

    /// <summary>Returns the games, each on the samples of a step of its own; they belong to the caller's dispose scope.</summary>
    public IGame At(IReadOnlyList<long> steps)
    {
        var (real, latent) = (new float[Seeds.Count * Batch * Shape.Dimension], new float[Seeds.Count * Batch * Shape.Latent]);
        for (var i = 0; i < Seeds.Count; i++)
        {
            var noise = new CountedNoise(Seeds[i], steps[i]);
            Data.Fill(real.AsSpan(i * Batch * Shape.Dimension, Batch * Shape.Dimension), ref noise);
            noise.Fill(latent.AsSpan(i * Batch * Shape.Latent, Batch * Shape.Latent));
        }
        return new DenseGan(
            Shape, tensor(real, Seeds.Count, Batch, Shape.Dimension), tensor(latent, Seeds.Count, Batch, Shape.Latent));
    }

    /// <summary>Returns samples [B,count,2] of the generators at w [B,p], from the same noise whenever they are drawn.</summary>
    public Tensor Samples(Tensor w, int count)
    {
        using var scope = NewDisposeScope();
        var latent = new float[Seeds.Count * count * Shape.Latent];
        for (var i = 0; i < Seeds.Count; i++)
        {
            var noise = new CountedNoise(Seeds[i], OfSamples);
            noise.Fill(latent.AsSpan(i * count * Shape.Latent, count * Shape.Latent));
        }
        return scope.MoveToOuter(Shape.Generated(w, tensor(latent, Seeds.Count, count, Shape.Latent)).contiguous());
    }
}
