using System.Runtime.InteropServices;
using Brink.Native;

namespace Brink.Objectives;

/// <summary>L(theta) = sum_i term(theta, i), differentiated by libtorch, one term at a time.</summary>
/// <remarks>A term is a micro-batch's share of a mean over a data set (<see cref="EmpiricalLoss"/>), or the whole of a function
/// in closed form. Each term has a dispose scope of its own, opened before its forward pass, so that the graphs of the terms
/// are never in memory together unless an expansion keeps them.</remarks>
/// <param name="Dimension">The number of parameters p.</param>
/// <param name="Precision">float32 or float64.</param>
/// <param name="Terms">Number of terms, at least 1.</param>
/// <param name="Term">Maps theta [p] and i to a scalar; it must be a pure function of the two.</param>
/// <param name="ExpansionBudget">Bytes of graphs that one expansion may keep. The first term's graph is always kept; graphs
/// beyond the budget are computed again at each call, with the same result to the last bit.</param>
public sealed record DifferentiableSum(
    long Dimension,
    ScalarType Precision,
    int Terms,
    Func<Tensor, int, Tensor> Term,
    long ExpansionBudget = DifferentiableSum.DefaultExpansionBudget) : IObjective
{
    /// <summary>2 GiB: a CNN of the paper's size on 500 images in float64 keeps 1.3 GiB.</summary>
    public const long DefaultExpansionBudget = 2L << 30;

    /// <summary>The parameters from which the terms read theta, if they do not take it as their first argument.</summary>
    internal ModuleParameters? Parameters { get; init; }

    /// <summary>The terms as losses of a model's outputs, if they are such.</summary>
    internal Composition? Composition { get; init; }

    /// <inheritdoc/>
    public double Loss(Tensor theta)
    {
        Check(theta);
        using var quiet = no_grad();
        Parameters?.Set(theta);
        var loss = 0.0;
        for (var i = 0; i < Terms; i++)
        {
            using var scope = NewDisposeScope();
            loss += Term(theta, i).ToDouble();
        }
        return loss;
    }

    /// <inheritdoc/>
    public (double Loss, Tensor Gradient) LossAndGradient(Tensor theta)
    {
        Check(theta);
        using var scope = NewDisposeScope();
        var leaves = Leaves(theta);
        var (loss, gradient) = (0.0, zeros_like(theta).detach());
        for (var i = 0; i < Terms; i++)
        {
            using var inner = NewDisposeScope();
            var term = Term(leaves[0], i);
            loss += term.ToDouble();
            gradient.add_(Differentiation.Derivative(term, leaves, null, keepGraph: false, differentiable: false));
        }
        return (loss, scope.MoveToOuter(gradient));
    }

    /// <inheritdoc/>
    public IExpansion ExpandAt(Tensor theta)
    {
        Check(theta);
        return new Expansion(this, theta);
    }

    /// <summary>The tensors to differentiate by: a new leaf, or the parameters of a module, set to theta.</summary>
    internal IReadOnlyList<Tensor> Leaves(Tensor theta)
    {
        Parameters?.Set(theta);
        return Parameters?.Leaves ?? [Differentiation.Variable(theta)];
    }

    private void Check(Tensor theta)
    {
        if (theta.dim() != 1 || theta.shape[0] != Dimension)
            throw new ArgumentException($"theta has shape [{string.Join(',', theta.shape)}]; it must be [{Dimension}]", nameof(theta));
        if (theta.dtype != Precision)
            throw new ArgumentException($"theta is {theta.dtype}; the objective needs {Precision}", nameof(theta));
    }

    /// <summary>Keeps the graph of each term's gradient, as far as the budget allows.</summary>
    private sealed class Expansion : IExpansion
    {
        private readonly DifferentiableSum _sum;
        private readonly Tensor? _theta;                 // of a module, whose parameters others may move
        private readonly IReadOnlyList<Tensor> _leaves;
        private readonly List<Tensor> _gradients = [];   // of terms 0, 1, ..., with their graphs
        private long _version;

        public Expansion(DifferentiableSum sum, Tensor theta)
        {
            _sum = sum;
            using var scope = NewDisposeScope();
            _leaves = sum.Leaves(theta);
            _theta = sum.Parameters is null ? null : theta.detach().clone().DetachFromDisposeScope();
            _version = sum.Parameters?.Version ?? 0;
            Gradient = zeros_like(theta).detach();
            var before = AllocatedBytes();
            for (var i = 0; i < sum.Terms; i++)
            {
                using var inner = NewDisposeScope();
                // Graphs are kept while another of the mean size so far still fits into the budget.
                var kept = AllocatedBytes() - before;
                var keep = i == _gradients.Count && (i == 0 || kept + (kept / i) <= sum.ExpansionBudget);
                var (loss, gradient) = LossAndGradient(i, ref keep);
                Loss += loss;
                Gradient.add_(gradient.detach());
                if (keep) _gradients.Add(gradient.DetachFromDisposeScope());
            }
            if (sum.Parameters is null) _leaves[0].DetachFromDisposeScope();
            Gradient.DetachFromDisposeScope();
        }

        public double Loss { get; }

        public Tensor Gradient { get; }

        /// <summary>Computes the loss and the gradient of a term. If memory runs out before the budget, the kept graphs are
        /// released and computed again when needed: the result is the same.</summary>
        private (double Loss, Tensor Gradient) LossAndGradient(int i, ref bool keep)
        {
            try
            {
                return Evaluated(i, keep);
            }
            catch (ExternalException e) when (AllocationFailure.Is(e) && _gradients.Count > 0)
            {
                ReleaseGraphs();
                keep = false;
                return Evaluated(i, keep);
            }
        }

        private (double Loss, Tensor Gradient) Evaluated(int i, bool keep)
        {
            var term = _sum.Term(_leaves[0], i);
            return (term.ToDouble(), Differentiation.Derivative(term, _leaves, null, keepGraph: keep, differentiable: keep));
        }

        public Tensor HessianTimes(Tensor v)
        {
            using var scope = NewDisposeScope();
            RestoreParameters();
            var rows = v.dim() == 1 ? v.unsqueeze(0) : v;
            var products = zeros_like(rows);
            for (var i = 0; i < _sum.Terms; i++)
            {
                using var inner = NewDisposeScope();
                var gradient = GradientOf(i);
                for (var k = 0; k < rows.shape[0]; k++)
                {
                    using var row = NewDisposeScope();
                    products[k].add_(Differentiation.Derivative(
                        gradient, _leaves, rows[k], keepGraph: true, differentiable: false));
                }
            }
            return scope.MoveToOuter(v.dim() == 1 ? products[0] : products);
        }

        public Tensor ThirdDerivative(Tensor u, Tensor v)
        {
            using var scope = NewDisposeScope();
            RestoreParameters();
            var third = zeros_like(u);
            for (var i = 0; i < _sum.Terms; i++)
            {
                using var inner = NewDisposeScope();
                var product = Differentiation.Derivative(
                    GradientOf(i), _leaves, v, keepGraph: true, differentiable: true);
                third.add_(Differentiation.Derivative(product, _leaves, u, keepGraph: true, differentiable: false));
            }
            return scope.MoveToOuter(third);
        }

        public void Dispose()
        {
            ReleaseGraphs();
            Gradient.Dispose();
            _theta?.Dispose();
            if (_sum.Parameters is null) _leaves[0].Dispose();
        }

        /// <summary>Sets a module's parameters to the point of this expansion. A module has one set of parameters, and graphs over them are
        /// invalid once they were changed.</summary>
        private void RestoreParameters()
        {
            if (_sum.Parameters is not { } parameters || parameters.Version == _version) return;
            ReleaseGraphs();
            parameters.Set(_theta!);
            _version = parameters.Version;
        }

        private void ReleaseGraphs()
        {
            foreach (var gradient in _gradients) gradient.Dispose();
            _gradients.Clear();
        }

        // A single term is always kept: the allocator is not queried, since a query walks all its free blocks.
        private long AllocatedBytes() => _sum.Terms == 1 ? 0 : ProcessMemory.AllocatedBytes();

        private Tensor GradientOf(int term) => term < _gradients.Count
            ? _gradients[term]
            : Differentiation.Derivative(_sum.Term(_leaves[0], term), _leaves, null, keepGraph: true, differentiable: true);
    }
}

/// <param name="Outputs">Maps theta [p] and i to the outputs of term i.</param>
/// <param name="LossOf">Maps the outputs of term i, and i, to the term: a scalar.</param>
internal sealed record Composition(Func<Tensor, int, Tensor> Outputs, Func<Tensor, int, Tensor> LossOf);
